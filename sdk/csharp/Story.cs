// Tells the story of sdk/story/steps.py by the generated models, whose JSON goes through the settings of
// the generated client, and by the platform's own HTTP client: Mono can't compile the generated one.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;
using Org.OpenAPITools.Model;

static class Story
{
    const string Password = "correct horse battery";
    static readonly string Url = Environment.GetEnvironmentVariable("ROLLCALL_URL");
    static readonly HttpMethod Patch = new HttpMethod("PATCH");
    static readonly HttpClient Http = new HttpClient();

    static readonly JsonSerializerSettings Settings = new JsonSerializerSettings
    {
        ConstructorHandling = ConstructorHandling.AllowNonPublicDefaultConstructor,
        ContractResolver = new CamelCasePropertyNamesContractResolver(),
    };

    /// <summary>An answer with this status, and its entity tag.</summary>
    static T Send<T>(int status, HttpMethod method, string path, string name = null,
        string password = null, object body = null, string version = null)
    {
        return Send<T>(status, method, path, name, password, body, version, out _);
    }

    static T Send<T>(int status, HttpMethod method, string path, string name, string password,
        object body, string version, out string etag)
    {
        AuthenticationHeaderValue basic = null;
        if (name != null)
        {
            var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes(name + ":" + password));
            basic = new AuthenticationHeaderValue("Basic", credentials);
        }
        return Send<T>(status, method, path, basic, body, version, out etag);
    }

    static T Send<T>(int status, HttpMethod method, string path,
        AuthenticationHeaderValue authorization, object body, string version, out string etag)
    {
        var request = new HttpRequestMessage(method, Url + path);
        request.Headers.Authorization = authorization;
        if (version != null)
            request.Headers.TryAddWithoutValidation("If-Match", version);
        if (body != null)
        {
            var json = JsonConvert.SerializeObject(body, Settings);
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }
        var response = Http.SendAsync(request).Result;
        var text = response.Content.ReadAsStringAsync().Result;
        if ((int)response.StatusCode != status)
            throw new Exception(method + " " + path + ": " + response.StatusCode + " " + text);
        etag = response.Headers.ETag == null ? null : response.Headers.ETag.Tag;
        return JsonConvert.DeserializeObject<T>(text, Settings);
    }

    static T AsAdmin<T>(int status, HttpMethod method, string path, object body = null,
        string version = null)
    {
        var password = Environment.GetEnvironmentVariable("ROLLCALL_PASSWORD");
        return Send<T>(status, method, path, "admin", password, body, version);
    }

    static void Equal(object got, object want)
    {
        if (!Equals(got, want))
            throw new Exception("got " + got + ", want " + want);
    }

    static void Main()
    {
        var info = new UserRegistrationInfo(
            name: "Zoë", email: "zoe@example.com", plaintextPassword: Password);
        var user = Send<UserEnvelope>(201, HttpMethod.Post, "/users", null, null,
            new UserRegistration(info), null, out var etag).User;
        Equal(user.Name + user.Email + user.Roles.Count, "Zoëzoe@example.com0");

        var credentials = new SessionTokenRequest(new Credentials(name: "Zoë", password: Password));
        var session = Send<SessionTokenEnvelope>(201, HttpMethod.Post, "/tokens", body: credentials);
        Equal(session.SessionToken.UserId, user.Id);

        var byName = "/api/v1/users/" + Uri.EscapeDataString("Zoë");
        var own = Send<PortalUser>(200, HttpMethod.Get, byName, "Zoë", Password);
        Equal(own.Username, "Zoë");
        var byId = "/users/" + user.Id;
        Equal(AsAdmin<UserEnvelope>(200, HttpMethod.Get, byId).User.ToJson(), user.ToJson());
        Equal(string.Join(" ", Names()), "admin Zoë");

        TellOfKey(user);

        Func<string, UserChangeInfo, User> change = (version, changes) =>
            AsAdmin<UserEnvelope>(200, Patch, byId, new UserChange(changes), version).User;
        var disabled = new UserChangeInfo(status: UserStatus.DISABLED);
        var changed = change(etag, new UserChangeInfo(email: "zoe@example.org"));
        Equal(changed.ToJson(), With(user, 1, "zoe@example.org", UserStatus.ENABLED));
        var stale = AsAdmin<Problem>(412, Patch, byId, new UserChange(disabled), etag);
        Equal(stale.Type, ProblemType.VERSION_MISMATCH);

        user.Roles.Add(new Role(name: "auditor"));
        changed = change(changed.VarVersion.ToString(), new UserChangeInfo(roles: user.Roles));
        Equal(changed.ToJson(), With(user, 2, "zoe@example.org", UserStatus.ENABLED));
        changed = change(changed.VarVersion.ToString(), disabled);
        Equal(changed.ToJson(), With(user, 3, "zoe@example.org", UserStatus.DISABLED));
        changed = change(changed.VarVersion.ToString(), new UserChangeInfo(email: ""));
        Equal(changed.ToJson(), With(user, 4, null, UserStatus.DISABLED));

        AsAdmin<object>(204, HttpMethod.Delete, byName);
        Equal(AsAdmin<Problem>(404, HttpMethod.Get, byId).Type, ProblemType.NOT_FOUND);
    }

    /// <summary>Makes a key, uses it for what its scopes permit and lack, and ends it.</summary>
    static void TellOfKey(User user)
    {
        var keys = "/users/" + user.Id + "/keys";
        var scopes = new List<KeyScope> { KeyScope.VERIFY, KeyScope.USERS_READ };
        var expiry = new DateTime(2100, 1, 31, 0, 0, 0, DateTimeKind.Utc);
        var creation = new KeyCreation(new KeyInfo("nightly backup", scopes, expiry));
        var made = Send<NewKeyEnvelope>(201, HttpMethod.Post, keys, "Zoë", Password, creation);
        Equal(made.Key.Name, "nightly backup");
        Equal(string.Join(" ", made.Key.Scopes), string.Join(" ", scopes));
        Equal(made.Key.ExpireTime.Value.ToUniversalTime(), expiry);
        var list = Send<KeyListEnvelope>(200, HttpMethod.Get, keys, "Zoë", Password).KeyList;
        Equal(list.Keys.Single().ToJson(), made.Key.ToJson());

        var key = new AuthenticationHeaderValue("Bearer", made.Secret);
        var caller = Send<UserEnvelope>(200, HttpMethod.Get, "/users/me", key, null, null, out _);
        Equal(caller.User.ToJson(), user.ToJson());
        var change = new UserChange(new UserChangeInfo(email: "zoe@example.org"));
        var lacking = Send<Problem>(403, Patch, "/users/" + user.Id, key, change, "0", out _);
        Equal(lacking.Type, ProblemType.INSUFFICIENT_SCOPE);
        Send<object>(204, HttpMethod.Delete, keys + "/" + made.Key.Id, "Zoë", Password);
        var ended = Send<Problem>(401, HttpMethod.Get, "/users/me", key, null, null, out _);
        Equal(ended.Type, ProblemType.UNAUTHENTICATED);
    }

    /// <summary>The names on every page.</summary>
    static IEnumerable<string> Names()
    {
        var more = "";
        while (more != null)
        {
            var page = AsAdmin<UserListEnvelope>(200, HttpMethod.Get, "/users?limit=1" + more).UserList;
            foreach (var user in page.Users)
                yield return user.Name;
            var token = page.NextPageToken;
            more = token == null ? null : "&pageToken=" + Uri.EscapeDataString(token);
        }
    }

    /// <summary>The user with these fields.</summary>
    static string With(User user, long version, string email, UserStatus status)
    {
        user.VarVersion = version;
        user.Email = email;
        user.Status = status;
        return user.ToJson();
    }
}
