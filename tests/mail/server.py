"""A mail server for the tests, on loopback.

Its one argument is a file of JSON: "port" (0 for a free one), "box" (a file that gets a line of JSON for every letter, before the server says
that it has it), and where wanted "certificate" and "key" (STARTTLS, which is demanded then), "user" and "password", "takes_seconds" (for a
letter). Prints its port.

Nobody is called unknown@… (550), later@… is to be tried again twice (451), full@… always (452).
"""

import asyncio
import email
import email.policy
import json
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Box:
    def __init__(self, path, takes_seconds):
        self.path = path
        self.takes_seconds = takes_seconds
        self.later = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("unknown@"):
            return "550 5.1.1 nobody of this name is here"
        if address.startswith("full@"):
            return "452 4.2.2 the box is full"
        if address.startswith("later@") and self.later < 2:
            self.later += 1
            return "451 4.3.0 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        letter = {
            "id": message["Message-ID"],
            "from": str(message["From"]),
            "to": str(message["To"]),
            "recipients": envelope.rcpt_tos,
            "subject": str(message["Subject"]),
            "body": message.get_content(),
            "secure": session.ssl is not None,
            "signed_in": bool(session.authenticated),
        }
        await asyncio.sleep(self.takes_seconds)
        with open(self.path, "a", encoding="utf-8") as box:
            box.write(json.dumps(letter) + "\n")
            box.flush()
            os.fsync(box.fileno())
        return "250 2.0.0 taken"


def signs_in(config):
    def check(server, session, envelope, mechanism, data):
        given = (data.login.decode(), data.password.decode())
        return AuthResult(success=given == (config["user"], config["password"]), handled=False)

    return check


async def main(config):
    options = {"hostname": "mail.test", "loop": asyncio.get_running_loop()}
    if "certificate" in config:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(config["certificate"], config["key"])
        options |= {"tls_context": context, "require_starttls": True}
    if "user" in config:
        options |= {"authenticator": signs_in(config), "auth_required": True}
    box = Box(config["box"], config.get("takes_seconds", 0))
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, **options), "127.0.0.1", config["port"])
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main(json.load(open(sys.argv[1], encoding="utf-8"))))
