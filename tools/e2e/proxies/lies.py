"""Changes of the shipped configurations that the story must notice."""

from typing import NamedTuple

import conditions, signing


class Lie(NamedTuple):
    """In the server on the port `listens`, `text` becomes `lie`, and then `step` must fail."""

    title: str
    listens: int
    text: str
    lie: str
    step: object


def no_prefix(text):
    return Lie("no X-Forwarded-Prefix", 8082, text, "", signing.signs_every_method)


def other_path(listens, text, lie):
    return Lie("another spelling of the path", listens, text, lie, signing.signs_paths_as_sent)


def no_if_match(listens, text, lie):
    return Lie("no If-Match", listens, text, lie, conditions.guards_directory_writes)


def no_compression(listens, text, lie):
    return Lie("no compression", listens, text, lie, conditions.compresses_guarded_answers)


def other_address(text, lie):
    step = signing.knows_the_address_of_the_client
    return Lie("another client's address", 8083, text, lie, step)


def other_location(text, lie, listens=8082):
    return Lie("another Location", listens, text, lie, signing.logs_in_and_out)


LIES = {
    "nginx": [
        no_prefix("proxy_set_header X-Forwarded-Prefix /prov;"),
        other_path(8081, "proxy_pass http://127.0.0.1:8080;", "proxy_pass http://127.0.0.1:8080/;"),
        other_path(8082, "127.0.0.1:8080$rollcall_uri;", "127.0.0.1:8080/;"),
        no_if_match(8081, 'Connection "";', 'Connection ""; proxy_set_header If-Match "";'),
        no_compression(8083, "gzip on;", "gzip off;"),
        other_address("$remote_addr;", "192.0.2.1;"),
    ],
    "apache": [
        no_prefix("RequestHeader set X-Forwarded-Prefix /prov"),
        other_path(8081, " nocanon", ""),
        no_if_match(8083, "unset X-Forwarded-Prefix", "unset If-Match"),
        no_compression(8081, "AddOutputFilterByType DEFLATE", "# "),
        other_address("RequestHeader unset X-Forwarded-For", "ProxyAddHeaders off"),
        other_location("RedirectMatch", "Header edit Location ^ /\n    RedirectMatch"),
    ],
    "haproxy": [
        no_prefix("http-request set-header X-Forwarded-Prefix /prov"),
        other_path(8081, "bind", "http-request replace-path (.*)%c3(.*) \\1%%C3\\2\n    bind"),
        no_if_match(8083, "bind", "http-request del-header If-Match\n    bind"),
        no_compression(8081, "compression algo gzip", ""),
        other_address("X-Forwarded-For %[src]", "X-Forwarded-For 192.0.2.1"),
        other_location("bind", "http-response replace-header Location (.*) /\\1\n    bind"),
    ],
    "caddy": [
        other_path(8081, "encode {", "uri replace %c3 %C3\n\tencode {"),
        no_if_match(8083, "-X-Forwarded-Prefix", "-If-Match"),
        no_compression(8081, "\t\tgzip\n", ""),
        other_address("X-Forwarded-For {remote_host}", "X-Forwarded-For 192.0.2.1"),
        other_location("header_up -X-Forwarded-Prefix", "header_down Location ^ /", 8083),
    ],
}
