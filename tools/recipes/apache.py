"""Apache with Debian's own configuration and the files of docs/recipes/apache.md."""

import os, shutil, subprocess

from door import Door


class Apache(Door):
    packages = "apache2 lua-socket openssl"
    version = ["/usr/sbin/apache2", "-v"]
    page = "apache.md"
    outages = (500, 503)
    breakage = ("local function check(r, query)\n", "local function check(r, query)\n    error('broken')\n")
    faults = [
        ("    LuaHookTranslateName /etc/apache2/rollcall.lua clean early\n", "", "a visitor chooses Remote_User"),
        ('"^remote[^a-z0-9]"', '"^remote%-"', "a visitor chooses Remote_User, but not Remote-User"),
        ('        r.headers_in["Connection"] = nil\n', "", "a visitor hides its name from the program"),
        ('{ ["X-Forwarded-For"] = r.useragent_ip }', "{}", "all visitors share one limit"),
        ("= r.useragent_ip", '= r.headers_in["X-Forwarded-For"]', "a visitor chooses its address"),
        ("            r.headers_in[name] = answer[name:lower()]\n", "", "the program is not told the user"),
        ("        return apache2.DECLINED\n", "        return apache2.OK\n", "the inner check does not run"),
        ('"?role=auditor"', '""', "no role is required"),
        ("        RequestHeader set X-Forwarded-For expr=%{REMOTE_ADDR}\n", "", "the program is told another address"),
        ("        RequestHeader unset Authorization\n", "", "the password reaches the program"),
        ("and status or 503", "and status or apache2.DECLINED", "an outage is no refusal"),
        ("[429] = true", "", "a visitor who guesses gets a 503"),
    ]  # fmt: skip

    def set_up(self, page):
        shutil.copytree("/etc/apache2", self.folder / "etc/apache2", symlinks=True)
        site = self.folder / "etc/apache2/sites-enabled/000-default.conf"
        site.unlink(missing_ok=True)
        page.install(self.folder, self.changes | {
            "<VirtualHost *:443>": f"<VirtualHost 127.0.0.1:{self.port}>",
            "/etc/apache2/tls": f"{self.folder}/tls",
            "/etc/apache2/rollcall.lua": f"{self.folder}/etc/apache2/rollcall.lua",
        })  # fmt: skip
        (self.folder / "etc/apache2/ports.conf").write_text(f"Listen 127.0.0.1:{self.port}\n")
        for needed in ("var/log/apache2", "var/run/apache2", "var/lock/apache2", "var/lib"):
            (self.folder / needed).mkdir(parents=True)
        for command in ("a2enmod ", "a2ensite "):
            subprocess.run(page.command(command), env=self.environment(), check=True, capture_output=True)
        main = self.folder / "etc/apache2/apache2.conf"
        return ["/usr/sbin/apache2", "-DFOREGROUND", "-d", self.folder / "etc/apache2", "-f", main]

    def environment(self):
        folder = self.folder
        return super().environment() | {
            "APACHE_CONFDIR": f"{folder}/etc/apache2", "APACHE_ENVVARS": "/dev/null",
            "APACHE_RUN_USER": "www-data" if os.geteuid() == 0 else "", "APACHE_RUN_GROUP": "www-data",
            "APACHE_PID_FILE": f"{folder}/pid", "APACHE_RUN_DIR": f"{folder}/var/run/apache2",
            "APACHE_LOCK_DIR": f"{folder}/var/lock/apache2", "APACHE_LOG_DIR": f"{folder}/var/log/apache2",
            "APACHE_STATE_DIR": f"{folder}/var/lib",
        }  # fmt: skip
