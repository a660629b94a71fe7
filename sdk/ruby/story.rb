# frozen_string_literal: true

# Tells the story of sdk/story/steps.py, and checks what the client makes of the answers.

require 'json'
require 'time'
require 'uri'

require 'openapi_client'

PASSWORD = 'correct horse battery'

# The server with credentials or without.
def client(name = nil, password = nil, key: nil)
  configuration = OpenapiClient::Configuration.new
  url = URI(ENV.fetch('ROLLCALL_URL'))
  configuration.scheme = url.scheme
  configuration.host = "#{url.host}:#{url.port}"
  configuration.base_path = url.path
  configuration.username = name
  configuration.password = password
  configuration.access_token = key
  OpenapiClient::ApiClient.new(configuration)
end

def equal(got, want)
  raise "got #{got.inspect}, want #{want.inspect}" unless got == want
end

# The status and the type of the problem that a call is refused with.
def refusal
  yield
  raise 'it is not refused'
rescue OpenapiClient::ApiError => e
  [e.code, JSON.parse(e.response_body)['type']]
end

anonymous = client
admin = client('admin', ENV.fetch('ROLLCALL_PASSWORD'))
directory = OpenapiClient::DirectoryApi.new(admin)
portal = OpenapiClient::PortalApi.new(admin)

info = OpenapiClient::UserRegistrationInfo.new(
  name: 'Zoë', email: 'zoe@example.com', plaintext_password: PASSWORD
)
registration = OpenapiClient::UserRegistration.new(user_info: info)
user = OpenapiClient::DirectoryApi.new(anonymous).create_user(registration).user
equal([user.name, user.email, user.roles], ['Zoë', 'zoe@example.com', []])

credentials = OpenapiClient::Credentials.new(name: 'Zoë', password: PASSWORD)
request = OpenapiClient::SessionTokenRequest.new(credentials: credentials)
session = OpenapiClient::TokensApi.new(anonymous).create_session_token(request).session_token
equal(session.user_id, user.id)

own = OpenapiClient::PortalApi.new(client('Zoë', PASSWORD))
equal(own.get_portal_user('Zoë').username, 'Zoë')
read, _status, headers = directory.get_user_with_http_info(user.id)
equal(read.user, user)

names = []
options = { limit: 1 }
loop do
  page = directory.list_users(options).user_list
  names += page.users.map(&:name)
  break unless page.next_page_token

  options[:page_token] = page.next_page_token
end
equal(names, %w[admin Zoë])

expiry = Time.utc(2100, 1, 31)
scopes = [OpenapiClient::KeyScope::VERIFY, OpenapiClient::KeyScope::USERS_READ]
info = OpenapiClient::KeyInfo.new(name: 'nightly backup', scopes: scopes, expire_time: expiry.iso8601)
keys = OpenapiClient::KeysApi.new(client('Zoë', PASSWORD))
made = keys.create_api_key(user.id, OpenapiClient::KeyCreation.new(key_info: info))
key = made.key
equal([key.name, key.scopes, key.expire_time], ['nightly backup', scopes, expiry])
equal(keys.list_api_keys(user.id).key_list.keys, [key])
program = OpenapiClient::DirectoryApi.new(client(key: made.secret))
# Otherwise empty Basic credentials take the place of the key.
bearer = { debug_auth_names: ['bearer'] }
equal(program.get_current_user(bearer).user, user)
address = OpenapiClient::UserChangeInfo.new(email: 'zoe@example.org')
body = OpenapiClient::UserChange.new(user_info: address)
lacking = refusal { program.update_user(user.id, body, bearer.merge(if_match: '0')) }
equal(lacking, [403, 'urn:rollcall:problem:insufficient-scope'])
keys.delete_api_key(user.id, key.id)
equal(refusal { program.get_current_user(bearer) }, [401, 'urn:rollcall:problem:unauthenticated'])

change = lambda do |version, fields|
  body = OpenapiClient::UserChange.new(user_info: OpenapiClient::UserChangeInfo.new(fields))
  directory.update_user(user.id, body, if_match: version).user
end
etag = headers['ETag']
expected = user.to_hash.merge(version: 1, email: 'zoe@example.org')
changed = change.call(etag, email: 'zoe@example.org')
equal(changed.to_hash, expected)
stale = refusal { change.call(etag, status: 'DISABLED') }
equal(stale, [412, 'urn:rollcall:problem:version-mismatch'])

expected = expected.merge(version: 2, roles: [{ name: 'auditor' }])
role = OpenapiClient::Role.new(name: 'auditor')
changed = change.call(changed.version.to_s, roles: [role])
equal(changed.to_hash, expected)
expected = expected.merge(version: 3, status: 'DISABLED')
changed = change.call(changed.version.to_s, status: 'DISABLED')
equal(changed.to_hash, expected)
expected = expected.merge(version: 4, email: nil)
changed = change.call(changed.version.to_s, email: '')
equal(changed.to_hash, expected)

portal.delete_portal_user('Zoë')
missing = refusal { directory.get_user(user.id) }
equal(missing, [404, 'urn:rollcall:problem:not-found'])
