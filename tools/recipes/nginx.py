"""nginx with Debian's own configuration and the files of docs/recipes/nginx.md."""

import shutil

from door import Door


class Nginx(Door):
    packages = "nginx openssl"
    version = ["/usr/sbin/nginx", "-v"]
    page = "nginx.md"
    faults = [
        ("proxy_set_header Remote-User $rollcall_user;\n", "", "a visitor chooses Remote-User"),
        ("proxy_set_header Remote-Email $rollcall_email;\n", "", "a visitor chooses Remote-Email"),
        ("proxy_set_header X-Forwarded-For $remote_addr;\n#", "#", "all visitors share one limit"),
        (
            "proxy_set_header X-Forwarded-For $remote_addr;\n#",
            "proxy_set_header X-Forwarded-For $http_x_forwarded_for;\n#",
            "a visitor chooses its address",
        ),
        (
            "        proxy_set_header X-Forwarded-For $remote_addr;\n        proxy_pass http://127.0.0.1:9000;\n",
            "        proxy_pass http://127.0.0.1:9000;\n",
            "the program is told another address",
        ),
        ("proxy_set_header Authorization \"\";\n", "", "the password reaches the program"),
        ("auth_request /_rollcall/auditor;", "auth_request /_rollcall/user;", "no role is required"),
        ("        return 503;\n", "        return 200;\n", "an outage is no refusal"),
        ("error_page 500 = @rollcall_refusal;\n", "", "a visitor who guesses gets a 500"),
    ]  # fmt: skip

    def set_up(self, page):
        return configure(self, page, self.changes)


def configure(door, page, changes, **options):
    """Writes the files of `page` beside Debian's own, and returns the command that starts nginx."""
    folder = door.folder
    shutil.copytree("/etc/nginx", folder / "etc/nginx", symlinks=True)
    shutil.rmtree(folder / "etc/nginx/sites-enabled")
    own = {"listen 443 ssl": f"listen 127.0.0.1:{door.port} ssl", "/etc/nginx/tls": f"{folder}/tls"}
    page.install(folder, own | changes, **options)
    main = folder / "etc/nginx/nginx.conf"
    door.move(main, "/etc/nginx/", "/var/log/nginx/", "/run/nginx.pid")
    for needed in ("var/log/nginx", "run"):
        (folder / needed).mkdir(parents=True)
    return ["/usr/sbin/nginx", "-e", door.log, "-c", main, "-g", "daemon off;"]
