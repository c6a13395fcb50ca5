# signing.py -- a visitor with a browser's manners: cookies, forms with their tokens.
import http.client
import http.cookies
import re
import urllib.parse


class Visitor:
    def __init__(self, port, headers=None):
        self.port, self.cookies, self.headers = port, {}, headers or {}

    def ask(self, path, method="GET", body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        head = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())} if self.cookies else {}
        connection.request(method, path, body=body, headers=head | self.headers | (headers or {}))
        answer = connection.getresponse()
        answer.body = answer.read()
        answer.text = answer.body.decode("utf-8", "replace")
        answer.location = answer.getheader("Location")
        connection.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in http.cookies.SimpleCookie(line).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
        return answer

    def csrf(self, page):
        return re.search(r'name="csrf" value="([0-9a-f]{64})"', self.ask(page).text)[1]

    def post(self, path, page=None, headers=None, **fields):
        """Sends a form as the PAGE that has it would."""
        fields = {"csrf": self.csrf(page or path)} | fields
        return self.ask(path, "POST", urllib.parse.urlencode(fields, doseq=True),
                        {"Content-Type": "application/x-www-form-urlencoded",
                         "Sec-Fetch-Site": "same-origin"} | (headers or {}))

    def sign_in(self, login, password, **fields):
        return self.post("/login", login=login, password=password, **fields)

    @property
    def session(self):
        return self.cookies.get("nq17_session") or self.cookies.get("__Host-nq17_session")
