"""The recipes of nginx, Caddy and Apache without TLS, and beside each the program's own check."""

import subprocess

from apache import Apache
from caddy import Caddy
from launch import free_port
from nginx import Nginx
from recipe import PASSWORD

COST = 12


class PlainNginx(Nginx):
    """The recipe without TLS, and beside it other checks of the same nginx."""

    def set_up(self, page):
        self.own, fixed = free_port(), free_port()
        password_file(self.folder / "htpasswd")
        self.changes["listen 443 ssl"] = f"listen 127.0.0.1:{self.port}"
        command = super().set_up(page)
        (self.folder / "etc/nginx/conf.d/compared.conf").write_text(f"""
upstream fixed {{ server 127.0.0.1:{fixed}; keepalive 64; }}
server {{ listen 127.0.0.1:{fixed}; access_log off; return 204; }}
server {{
    listen 127.0.0.1:{self.own};
    location = /_here {{ internal; return 204; }}
    location = /_there {{ include snippets/rollcall-verify.conf; proxy_pass http://fixed/; }}
    location /here/ {{ auth_request /_here; alias {self.folder}/srv/files/; }}
    location /there/ {{ auth_request /_there; alias {self.folder}/srv/files/; }}
    location /basic/ {{
        auth_basic files;
        auth_basic_user_file {self.folder}/htpasswd;
        alias {self.folder}/srv/files/;
    }}
}}
""")
        return command


class PlainCaddy(Caddy):
    """The recipe without TLS, and beside it Caddy's own check."""

    def set_up(self, page):
        self.own = free_port()
        hash_of = password_file(self.folder / "htpasswd").split(":")[1]
        self.changes["\ttls /etc"] = "\t# /etc"
        self.changes["files.example.com {"] = f"http://127.0.0.1:{self.port} {{"
        command = super().set_up(page)
        with (self.folder / "Caddyfile").open("a") as file:
            file.write(f"http://127.0.0.1:{self.own} {{\nbasicauth {{\nalice {hash_of}\n}}\n")
            file.write(f"root * {self.folder}/srv/files\nfile_server\n}}\n")
        return command


class PlainApache(Apache):
    """The recipe without TLS, and beside it Apache's own check."""

    def set_up(self, page):
        self.own = free_port()
        password_file(self.folder / "htpasswd")
        self.changes["SSLEngine on"] = "SSLEngine off"
        command = super().set_up(page)
        modules = "auth_basic authn_file authn_socache authz_user socache_shmcb".split()
        subprocess.run(["a2enmod", *modules], env=self.environment(), check=True, capture_output=True)
        with (self.folder / "etc/apache2/ports.conf").open("a") as file:
            file.write(f"""Listen 127.0.0.1:{self.own}
<VirtualHost 127.0.0.1:{self.own}>
    DocumentRoot {self.folder}/srv/files
    <Location "/">
        AuthType Basic
        AuthName files
        AuthBasicProvider socache file
        AuthnCacheProvideFor file
        AuthUserFile {self.folder}/htpasswd
        Require valid-user
    </Location>
</VirtualHost>
""")
        return command


def password_file(path):
    """A file with the hash of one user, and its line."""
    command = ["htpasswd", "-nbB", "-C", str(COST), "alice", PASSWORD]
    line = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    path.write_text(line + "\n")
    path.chmod(0o644)
    return line
