"""Caddy with the file of docs/recipes/caddy.md."""

from door import Door

STRIP = "\t\trequest_header -Remote*\n"
ADDRESS = "\t\t\theader_up X-Forwarded-For {remote_host}\n\t\t\theader_up"


class Caddy(Door):
    packages = "caddy openssl"
    version = ["caddy", "version"]
    page = "caddy.md"
    outages = (502, 503)
    faults = [
        (STRIP, "", "a visitor chooses Remote_User"),
        (STRIP, "\t\trequest_header -Remote-*\n", "a visitor chooses Remote_User, but not Remote-User"),
        (ADDRESS, "\t\t\theader_up -X-Forwarded-For\n\t\t\theader_up", "all visitors share one limit"),
        (ADDRESS, "\t\t\theader_up X-Forwarded-For {http.request.header.X-Forwarded-For}\n\t\t\theader_up",
         "a visitor chooses its address"),
        ("copy_headers Remote-User ", "copy_headers ", "the program is not told the user"),
        ("\t\t\timport rollcall-user\n", "", "a visitor hides its name from the program"),
        ("\theader_up X-Forwarded-For {remote_host}\n}",
         "\theader_up X-Forwarded-For {http.request.header.X-Forwarded-For}\n}", "the program is told another address"),
        ("\t\trequest_header -Authorization\n", "", "the password reaches the program"),
        ("import rollcall ?role=auditor", 'import rollcall ""', "no role is required"),
        ("\thandle {\n\t\timport rollcall \"\"\n", "\thandle {\n", "files are open to all"),
    ]  # fmt: skip

    def set_up(self, page):
        page.install(self.folder, self.changes | {
            "files.example.com {": f"https://files.example.com:{self.port} {{\n\tbind 127.0.0.1",
            "/etc/caddy/tls": f"{self.folder}/tls",
        } | self.changes)  # fmt: skip
        main = self.folder / "Caddyfile"
        main.write_text(f"{{\n\tadmin off\n\tauto_https off\n}}\nimport {self.folder}/etc/caddy/Caddyfile\n")
        return ["caddy", "run", "--adapter", "caddyfile", "--config", main]

    def environment(self):
        return super().environment() | {"HOME": str(self.folder), "XDG_DATA_HOME": str(self.folder)}
