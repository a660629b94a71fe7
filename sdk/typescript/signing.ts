/**
 * Signs requests with a session, as `POST /tokens` describes it, for every client that lets its
 * `fetch` be given:
 *
 *     const { sessionToken } = await new TokensApi(new Configuration({ basePath })).createSessionToken(…);
 *     const fetchApi = signingFetch(sessionToken);
 *     const directory = new DirectoryApi(new Configuration({ basePath, fetchApi }));
 */

export const SIGNING_HOST = "pennprovenance.net";

/** A session: what `POST /tokens` answers. */
export interface Session {
  key: string;
  token: string;
}

/** What of a request is signed, all of it as it is sent; `query` without its `?`. */
export interface SignedParts {
  method: string;
  path: string;
  query: string;
  timestamp: string;
  body: Uint8Array<ArrayBuffer>;
}

// The last digits of timestamps. They begin anywhere, for the sake of other processes with the session.
let sent = Math.floor(Math.random() * 1_000_000);

/** The time, unlike any other of this process: the service takes a signature only once. */
export function timestamp(): string {
  sent = (sent + 1) % 1_000_000;
  return new Date().toISOString().replace("Z", `${String(sent).padStart(6, "0")}Z`);
}

/** The signature of a request. */
export async function signature(
  { key, token }: Session,
  { method, path, query, timestamp, body }: SignedParts,
  signingHost = SIGNING_HOST,
): Promise<string> {
  const digest = base64(await crypto.subtle.digest("SHA-256", body));
  const parts = [key, method.toUpperCase(), signingHost, path, query, timestamp, digest];
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const secret = await crypto.subtle.importKey("raw", utf8(token), algorithm, false, ["sign"]);
  return base64(await crypto.subtle.sign("HMAC", secret, utf8(parts.join("\n"))));
}

/** A `fetch` whose requests are signed with the session, instead of carrying a password. */
export function signingFetch(session: Session, signingHost = SIGNING_HOST): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const { pathname: path, search } = new URL(request.url);
    const parts = {
      method: request.method,
      path,
      query: search.slice(1),
      timestamp: timestamp(),
      body: new Uint8Array(await request.clone().arrayBuffer()),
    };
    request.headers.delete("Authorization");
    request.headers.set("sessionKey", session.key);
    request.headers.set("timestamp", parts.timestamp);
    request.headers.set("signature", await signature(session, parts, signingHost));
    return fetch(request);
  };
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function base64(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}
