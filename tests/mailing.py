# mailing.py -- a mail server that behaves as it is told, and what it was sent.
import base64
import collections
import email
import email.policy
import socket
import socketserver
import threading
import time


class Mail:
    def __init__(self, sender, recipient, data):
        self.sender, self.recipient, self.data = sender, recipient, data
        self.message = email.message_from_bytes(data, policy=email.policy.default)

    def part(self, media_type):
        return next(p for p in self.message.walk() if p.get_content_type() == media_type)

    @property
    def text(self):
        return self.part("text/plain").get_content().replace("\r\n", "\n")

    @property
    def html(self):
        return self.part("text/html").get_content().replace("\r\n", "\n")

    def attachments(self):
        return {p.get_filename(): p.get_content() for p in self.message.walk()
                if p.get_content_disposition() == "attachment"}


class MailServer:
    """Listens on a port of 127.0.0.1.  BEHAVE(recipient, attempt), called with the address
    and how often it was asked for, answers with one of

      good          takes it
      greylist      450 at RCPT
      reject        550 at RCPT
      defer-data    451 after the text
      refuse-data   554 after the text
      drop-data     closes after the text, without a word; the mail is kept all the same
      lose-data     the same, and the mail is lost
      half          closes in the middle of its answer to the text, and keeps the mail
      hang-rcpt     never answers to RCPT
      hang-data     keeps the mail, and never answers
      drop-text     closes while the text is coming
      early         421 instead of an answer to MAIL
    """

    def __init__(self, behave=lambda recipient, attempt: "good", greeting="220 test ready", tls=None,
                 login=None):
        """TLS: an ssl.SSLContext for STARTTLS.  LOGIN: "name:word", without which nothing is taken."""
        self.behave, self.greeting, self.tls, self.login = behave, greeting, tls, login
        self.encrypted = 0
        self.mails, self.asked = [], collections.Counter()
        self.lock = threading.Lock()
        server = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                try:
                    Conversation(server, self.rfile, self.wfile, self.connection).run()
                except (OSError, ValueError):
                    pass

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address, daemon_threads, request_queue_size = True, True, 64

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.url = f"smtp://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, sender, recipient, data):
        with self.lock:
            self.mails.append(Mail(sender, recipient, data))

    def to(self, recipient):
        with self.lock:
            return [m for m in self.mails if m.recipient == recipient]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Conversation:
    def __init__(self, server, incoming, outgoing, connection):
        self.server, self.incoming, self.outgoing = server, incoming, outgoing
        self.connection = connection
        self.sender = self.recipient = self.way = None
        self.is_known, self.is_encrypted = not server.login, False

    def say(self, line):
        self.outgoing.write(line.encode() + b"\r\n")
        self.outgoing.flush()

    def hang_up(self):
        self.connection.shutdown(socket.SHUT_RDWR)
        raise OSError("as told")

    def run(self):
        self.say(self.server.greeting)
        while line := self.incoming.readline():
            assert line.endswith(b"\r\n"), line
            command, _, rest = line.decode().strip().partition(" ")
            getattr(self, command.lower(), self.other)(rest)

    def other(self, rest):
        self.say("500 what?")

    def ehlo(self, rest):
        self.say("250-test")
        if self.server.tls and not self.is_encrypted:
            self.say("250-STARTTLS")
        elif self.server.login:
            self.say("250-AUTH PLAIN")
        self.say("250 8BITMIME")

    def starttls(self, rest):
        self.say("220 go on")
        self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.incoming, self.outgoing = self.connection.makefile("rb"), self.connection.makefile("wb")
        self.is_encrypted = True
        self.server.encrypted += 1

    def auth(self, rest):
        given = base64.b64decode(rest.split()[1] if " " in rest else self.ask()).decode()
        self.is_known = given == "\0" + self.server.login.replace(":", "\0")
        self.say("235 welcome" if self.is_known else "535 5.7.8 not you")

    def ask(self):
        self.say("334 ")
        return self.incoming.readline()

    def quit(self, rest):
        self.say("221 bye")
        self.hang_up()

    def rset(self, rest):
        self.say("250 ok")

    def mail(self, rest):
        self.sender = rest[rest.index("<") + 1:rest.index(">")]
        self.say("250 ok" if self.is_known else "530 5.7.0 who are you?")

    def rcpt(self, rest):
        self.recipient = rest[rest.index("<") + 1:rest.index(">")]
        with self.server.lock:
            self.server.asked[self.recipient] += 1
            attempt = self.server.asked[self.recipient]
        self.way = self.server.behave(self.recipient, attempt)
        if self.way == "greylist":
            self.say("450 4.2.0 greylisted, come again")
        elif self.way == "reject":
            self.say("550 5.1.1 no such person")
        elif self.way == "early":
            self.say("421 4.3.2 going down")
            self.hang_up()
        elif self.way == "hang-rcpt":
            time.sleep(60)
        else:
            self.say("250 ok")

    def data(self, rest):
        self.say("354 go on")
        lines = []
        while (line := self.incoming.readline()) != b".\r\n":
            if not line or self.way == "drop-text":
                self.hang_up()
            assert line.endswith(b"\r\n") and line.count(b"\r") == 1, line
            lines.append(line[1:] if line.startswith(b".") else line)
        self.finish(b"".join(lines))

    def finish(self, data):
        if self.way == "defer-data":
            self.say("451 4.3.0 not now")
        elif self.way == "refuse-data":
            self.say("554 5.7.1 no")
        elif self.way == "lose-data":
            self.hang_up()
        else:
            self.server.take(self.sender, self.recipient, data)
            if self.way == "half":
                self.outgoing.write(b"25")
                self.outgoing.flush()
                self.hang_up()
            elif self.way == "drop-data":
                self.hang_up()
            elif self.way == "hang-data":
                time.sleep(60)
            self.say("250 2.0.0 queued as 1")
