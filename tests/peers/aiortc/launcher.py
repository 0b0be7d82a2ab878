"""The requests of an app to its launcher, as the original app sent them, and in addition those that leave nothing behind."""

import asyncio
import base64
import hashlib
import json
import urllib.error
import urllib.request
from typing import NamedTuple, Optional

APP = {"name": "aiortc peer", "id": "tests.aiortc", "version": "0.1.0", "vendor": "tests"}
ADDRESS_PREFIX = "example.signaling.v1-"
UNVERSIONED = 500

# How long one request may take, in seconds.
REQUEST_TIMEOUT_S = 10


class Stored(NamedTuple):
    """What is stored under an item. A deleted record has a version and no content."""

    content: Optional[dict]
    version: Optional[int]


class LauncherError(Exception):
    """The launcher refused a request, or cannot be reached."""

    def __init__(self, request, status, text):
        super().__init__(f"{request}: the launcher answered {status} {text}")
        self.status = status


class Launcher:
    """One user's launcher. Each method runs its requests in a thread."""

    def __init__(self, url):
        self._base = f"{url.rstrip('/')}/0.5"
        self._token = None
        # A launcher runs on this machine: no proxy is between.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    async def authorise(self):
        answer = await asyncio.to_thread(self._json, "POST", "auth", {"app": APP, "permissions": ["LOW_LEVEL_API"]})
        self._token = answer["token"]

    async def read(self, item):
        return await asyncio.to_thread(self._read, item)

    async def publish(self, item, content, version=None):
        """Stores a content under an item, as that version if one is given."""
        await asyncio.to_thread(self._publish, item, content, version)

    async def remove(self, item, content):
        """Deletes the record of an item, if it has this content."""
        await asyncio.to_thread(self._remove, item, content)

    def _read(self, item):
        record = self._fetch(item)
        if record is None:
            return Stored(None, None)
        try:
            return Stored(self._content(record["handleId"]), record["version"])
        finally:
            self._drop("structured-data/handle", record["handleId"])

    def _publish(self, item, content, version):
        body = {"name": _name(item), "typeTag": UNVERSIONED, "data": base64.b64encode(_bytes(content)).decode()}
        if version:
            body["version"] = version
        handle = self._json("POST", "structured-data/", body)["handleId"]
        try:
            self._send("PUT", f"structured-data/{handle}")
        finally:
            self._drop("structured-data/handle", handle)

    def _remove(self, item, content):
        record = self._fetch(item)
        if record is None:
            return
        try:
            if self._content(record["handleId"]) == content:
                self._send("DELETE", f"structured-data/{record['handleId']}")
        finally:
            self._drop("structured-data/handle", record["handleId"])

    def _fetch(self, item):
        """A handle and the metadata of the record of an item, or None if there never was one."""
        data_id = self._json("POST", "data-id/structured-data", {"name": _name(item), "typeTag": UNVERSIONED})["handleId"]
        try:
            return self._json("GET", f"structured-data/handle/{data_id}")
        except LauncherError as error:
            if error.status != 404:
                raise
            return None
        finally:
            self._drop("data-id", data_id)

    def _content(self, handle):
        try:
            return json.loads(self._send("GET", f"structured-data/{handle}/undefined"))
        except LauncherError as error:
            # The launcher says 400 of a deleted record.
            if error.status != 400:
                raise
            return None

    def _drop(self, kind, handle):
        self._send("DELETE", f"{kind}/{handle}")

    def _json(self, method, path, body=None):
        return json.loads(self._send(method, path, body))

    def _send(self, method, path, body=None):
        request = urllib.request.Request(f"{self._base}/{path}", method=method)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("content-type", "application/json")
        if self._token is not None:
            request.add_header("authorization", f"Bearer {self._token}")
        try:
            with self._opener.open(request, timeout=REQUEST_TIMEOUT_S) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            with error:
                text = error.read().decode(errors="replace")
            raise LauncherError(f"{method} {path}", error.code, text) from error


def _name(item):
    address = base64.b64encode(f"{ADDRESS_PREFIX}{item}".encode("latin-1"))
    return base64.b64encode(hashlib.sha256(address).digest()).decode()


def _bytes(content):
    return json.dumps(content).encode()
