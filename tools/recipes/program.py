"""The program behind the proxy, and the way to the database that can be cut."""

import http.server, json, socket, threading


class Program:
    """Answers with the headers and the length of the request."""

    def __init__(self):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                length = len(self.rfile.read(int(self.headers.get("Content-Length", 0))))
                headers = [[name.lower(), value] for name, value in self.headers.items()]
                body = json.dumps({"headers": headers, "length": length}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET
            log_message = lambda self, *arguments: None

        class Server(http.server.ThreadingHTTPServer):
            handle_error = lambda self, *arguments: None

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Relay:
    """Passes connections on to another port, until it is cut."""

    def __init__(self, port):
        self.target, self.sockets = port, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                return
            self.sockets += [client, server]
            for pair in ((client, server), (server, client)):
                threading.Thread(target=self.pump, args=pair, daemon=True).start()

    def pump(self, source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def cut(self):
        for open_socket in [self.listener, *self.sockets]:
            try:
                open_socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            open_socket.close()
