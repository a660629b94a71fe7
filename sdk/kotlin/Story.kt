// Tells the story of sdk/story/steps.py, and checks what the client makes of the answers.

import java.time.OffsetDateTime
import org.openapitools.client.apis.DirectoryApi
import org.openapitools.client.apis.KeysApi
import org.openapitools.client.apis.PortalApi
import org.openapitools.client.apis.TokensApi
import org.openapitools.client.infrastructure.ApiClient
import org.openapitools.client.infrastructure.ClientError
import org.openapitools.client.infrastructure.ClientException
import org.openapitools.client.infrastructure.Success
import org.openapitools.client.models.*

const val PASSWORD = "correct horse battery"
val url: String = System.getenv("ROLLCALL_URL")

/** A client with the credentials of a user. */
fun <Client : ApiClient> Client.by(name: String, password: String): Client = apply {
    userCredentialsProvider = { name to password }
}

fun equal(got: Any?, want: Any?) = check(got == want) { "got $got, want $want" }

/** Checks the status and the type of the problem that a call is refused with. */
fun refused(status: Int, kind: String, call: () -> Unit) {
    try {
        call()
    } catch (refusal: ClientException) {
        val body = (refusal.response as ClientError<*>).body.toString()
        equal(refusal.statusCode, status)
        check("\"urn:rollcall:problem:$kind\"" in body) { body }
        return
    }
    error("it is not refused")
}

/** Makes a key, uses it for what its scopes permit and lack, and ends it. */
fun tellOfKey(user: User) {
    val keys = KeysApi(url).by("Zoë", PASSWORD)
    val scopes = listOf(KeyScope.VERIFY, KeyScope.USERS_READ)
    val expiry = OffsetDateTime.parse("2100-01-31T00:00:00Z")
    val made = keys.createApiKey(user.id, KeyCreation(KeyInfo("nightly backup", scopes, expiry)))
    equal(listOf(made.key.name, made.key.scopes, made.key.expireTime), listOf("nightly backup", scopes, expiry))
    equal(keys.listApiKeys(user.id).keyList.propertyKeys, listOf(made.key))

    val program = DirectoryApi(url).apply { accessTokenProvider = { made.secret } }
    equal(program.getCurrentUser().user, user)
    val address = UserChange(userInfo = UserChangeInfo(email = "zoe@example.org"))
    refused(403, "insufficient-scope") { program.updateUser(user.id, address, "0") }
    keys.deleteApiKey(user.id, made.key.id)
    refused(401, "unauthenticated") { program.getCurrentUser() }
}

fun main() {
    val admin = System.getenv("ROLLCALL_PASSWORD")
    val directory = DirectoryApi(url).by("admin", admin)
    val portal = PortalApi(url).by("admin", admin)

    val info = UserRegistrationInfo(name = "Zoë", email = "zoe@example.com", plaintextPassword = PASSWORD)
    val user = DirectoryApi(url).createUser(UserRegistration(userInfo = info)).user
    equal(listOf(user.name, user.email, user.roles), listOf("Zoë", "zoe@example.com", listOf<Role>()))

    val request = SessionTokenRequest(Credentials(name = "Zoë", password = PASSWORD))
    equal(TokensApi(url).createSessionToken(request).sessionToken.userId, user.id)

    equal(PortalApi(url).by("Zoë", PASSWORD).getPortalUser("Zoë").username, "Zoë")
    val read = directory.getUserWithHttpInfo(user.id, null) as Success<UserEnvelope?>
    equal(read.data?.user, user)

    val names = mutableListOf<String>()
    var page = directory.listUsers(limit = 1).userList
    names += page.users.map { it.name }
    while (page.nextPageToken != null) {
        page = directory.listUsers(limit = 1, pageToken = page.nextPageToken).userList
        names += page.users.map { it.name }
    }
    equal(names, listOf("admin", "Zoë"))

    tellOfKey(user)

    fun change(version: String, info: UserChangeInfo): User =
        directory.updateUser(user.id, UserChange(userInfo = info), version).user
    val etag = read.headers.getValue("etag").single()
    var expected = user.copy(version = 1, email = "zoe@example.org")
    var changed = change(etag, UserChangeInfo(email = "zoe@example.org"))
    equal(changed, expected)
    val disabled = UserChangeInfo(status = UserStatus.DISABLED)
    refused(412, "version-mismatch") { change(etag, disabled) }

    val roles = listOf(Role("auditor"))
    expected = expected.copy(version = 2, roles = roles)
    changed = change("${changed.version}", UserChangeInfo(roles = roles))
    equal(changed, expected)
    expected = expected.copy(version = 3, status = UserStatus.DISABLED)
    changed = change("${changed.version}", disabled)
    equal(changed, expected)
    expected = expected.copy(version = 4, email = null)
    equal(change("${changed.version}", UserChangeInfo(email = "")), expected)

    portal.deletePortalUser("Zoë")
    refused(404, "not-found") { directory.getUser(user.id) }
}
