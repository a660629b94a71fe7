<?php
/** Tells the story of sdk/story/steps.py, and checks what the client makes of the answers. */

declare(strict_types=1);

use OpenAPI\Client\Api\DirectoryApi;
use OpenAPI\Client\Api\KeysApi;
use OpenAPI\Client\Api\PortalApi;
use OpenAPI\Client\Api\TokensApi;
use OpenAPI\Client\ApiException;
use OpenAPI\Client\Configuration;
use OpenAPI\Client\Model\Credentials;
use OpenAPI\Client\Model\KeyCreation;
use OpenAPI\Client\Model\KeyInfo;
use OpenAPI\Client\Model\KeyScope;
use OpenAPI\Client\Model\Role;
use OpenAPI\Client\Model\SessionTokenRequest;
use OpenAPI\Client\Model\User;
use OpenAPI\Client\Model\UserChange;
use OpenAPI\Client\Model\UserChangeInfo;
use OpenAPI\Client\Model\UserRegistration;
use OpenAPI\Client\Model\UserRegistrationInfo;
use OpenAPI\Client\Model\UserStatus;

const PASSWORD = 'correct horse battery';

// What the client's composer.json would bring is here from Debian.
require 'GuzzleHttp/autoload.php';
spl_autoload_register(function (string $class): void {
    $path = str_replace(['OpenAPI\\Client\\', '\\'], ['', '/'], $class);
    $file = getenv('CLIENT') . "/lib/$path.php";
    if (is_file($file)) {
        require $file;
    }
});
set_error_handler(function (int $level, string $message, string $file, int $line): never {
    throw new ErrorException($message, 0, $level, $file, $line);
});

/** The settings of a client with credentials or without. */
function settings(?string $name = null, ?string $password = null): Configuration
{
    $settings = (new Configuration())->setHost(getenv('ROLLCALL_URL'));
    return $name === null ? $settings : $settings->setUsername($name)->setPassword($password);
}

function equal(mixed $got, mixed $want): void
{
    if ($got != $want) {
        throw new Exception('got ' . json_encode($got) . ', want ' . json_encode($want));
    }
}

/** The status and the type of the problem that a call is refused with. */
function refusal(callable $call): array
{
    try {
        $call();
    } catch (ApiException $refused) {
        return [$refused->getCode(), $refused->getResponseObject()->getType()];
    }
    throw new Exception('it is not refused');
}

/** A user as it was, but for some fields. */
function with(User $user, array $fields): array
{
    return $fields + json_decode(json_encode($user), true);
}

$admin = settings('admin', getenv('ROLLCALL_PASSWORD'));
$directory = new DirectoryApi(null, $admin);
$portal = new PortalApi(null, $admin);

$info = (new UserRegistrationInfo())
    ->setName('Zoë')->setEmail('zoe@example.com')->setPlaintextPassword(PASSWORD);
$registration = (new UserRegistration())->setUserInfo($info);
$user = (new DirectoryApi(null, settings()))->createUser($registration)->getUser();
equal([$user->getName(), $user->getEmail(), $user->getRoles()], ['Zoë', 'zoe@example.com', []]);

$credentials = (new Credentials())->setName('Zoë')->setPassword(PASSWORD);
$request = (new SessionTokenRequest())->setCredentials($credentials);
$session = (new TokensApi(null, settings()))->createSessionToken($request)->getSessionToken();
equal($session->getUserId(), $user->getId());

$own = new PortalApi(null, settings('Zoë', PASSWORD));
equal($own->getPortalUser('Zoë')->getUsername(), 'Zoë');
[$read, , $headers] = $directory->getUserWithHttpInfo($user->getId());
equal($read->getUser(), $user);

$names = [];
$token = null;
do {
    $page = $directory->listUsers(limit: 1, page_token: $token)->getUserList();
    foreach ($page->getUsers() as $listed) {
        $names[] = $listed->getName();
    }
    $token = $page->getNextPageToken();
} while ($token !== null);
equal($names, ['admin', 'Zoë']);

$expiry = new DateTime('2100-01-31T00:00:00Z');
$scopes = [KeyScope::VERIFY, KeyScope::USERS_READ];
$info = (new KeyInfo())->setName('nightly backup')->setScopes($scopes)->setExpireTime($expiry);
$keys = new KeysApi(null, settings('Zoë', PASSWORD));
$made = $keys->createApiKey($user->getId(), (new KeyCreation())->setKeyInfo($info));
$key = $made->getKey();
equal([$key->getName(), $key->getScopes(), $key->getExpireTime()], ['nightly backup', $scopes, $expiry]);
equal($keys->listApiKeys($user->getId())->getKeyList()->getKeys(), [$key]);
$program = new DirectoryApi(null, settings()->setAccessToken($made->getSecret()));
equal($program->getCurrentUser()->getUser(), $user);
$body = (new UserChange())->setUserInfo((new UserChangeInfo())->setEmail('zoe@example.org'));
$lacking = refusal(fn () => $program->updateUser($user->getId(), $body, '0'));
equal($lacking, [403, 'urn:rollcall:problem:insufficient-scope']);
$keys->deleteApiKey($user->getId(), $key->getId());
equal(refusal(fn () => $program->getCurrentUser()), [401, 'urn:rollcall:problem:unauthenticated']);

$change = function (string $version, UserChangeInfo $info) use ($directory, $user): array {
    $body = (new UserChange())->setUserInfo($info);
    return with($directory->updateUser($user->getId(), $body, $version)->getUser(), []);
};
$etag = array_change_key_case($headers)['etag'][0];
$expected = with($user, ['version' => 1, 'email' => 'zoe@example.org']);
$changed = $change($etag, (new UserChangeInfo())->setEmail('zoe@example.org'));
equal($changed, $expected);
$disabled = (new UserChangeInfo())->setStatus(UserStatus::DISABLED);
$stale = refusal(fn () => $change($etag, $disabled));
equal($stale, [412, 'urn:rollcall:problem:version-mismatch']);

$expected = ['version' => 2, 'roles' => [['name' => 'auditor']]] + $expected;
$roles = [(new Role())->setName('auditor')];
$changed = $change("{$changed['version']}", (new UserChangeInfo())->setRoles($roles));
equal($changed, $expected);
$expected = ['version' => 3, 'status' => 'DISABLED'] + $expected;
$changed = $change("{$changed['version']}", $disabled);
equal($changed, $expected);
$expected = ['version' => 4, 'email' => null] + $expected;
$changed = $change("{$changed['version']}", (new UserChangeInfo())->setEmail(''));
equal($changed, $expected);

$portal->deletePortalUser('Zoë');
$missing = refusal(fn () => $directory->getUser($user->getId()));
equal($missing, [404, 'urn:rollcall:problem:not-found']);
