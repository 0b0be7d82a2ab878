"""A peer of another WebRTC implementation: aiortc. Its environment, its commands and its events are in ../README.md."""

import asyncio
import base64
import json
import os
import random
import re
import sys
import threading

from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription

from launcher import Launcher

# How long leaving in order waits for what was sent, and for the other peer, in seconds.
LEAVE_TIMEOUT_S = 2

# How many bytes of stdin are read at once.
READ_BYTES = 65_536


def tell(event, **fields):
    """One event, as one line of stdout."""
    print(json.dumps({"event": event, **fields}), flush=True)


class Settings:
    """What the environment says."""

    def __init__(self, environment):
        self.launcher_url = environment["SAFE_LAUNCHER_URL"]
        self.room = environment["SIGNALING_ROOM"]
        self.poll_interval_s = int(environment.get("SIGNALING_POLL_INTERVAL_MS", "2000")) / 1000
        self.deadline_s = int(environment.get("SIGNALING_DEADLINE_MS", "120000")) / 1000
        servers = json.loads(environment.get("SIGNALING_ICE_SERVERS", '{"iceServers":[]}'))["iceServers"]
        # Without a list, aiortc would use a public STUN server.
        self.ice_servers = [RTCIceServer(**server) for server in servers]
        self.first_text = environment.get("SIGNALING_SEND")
        self.ignores_limit = environment.get("SIGNALING_IGNORE_LIMIT") == "1"


class Peer:
    """One peer, in one meeting."""

    def __init__(self, settings):
        self._settings = settings
        self._launcher = Launcher(settings.launcher_url)
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=settings.ice_servers))
        self._channel = None
        # The item and the content of the record that this peer stored.
        self._record = None
        self._disconnecting = None
        self._opened = asyncio.Event()
        self._closed = asyncio.Event()
        self._connection.on("datachannel", self._use)

    async def meet(self):
        """Meets the other peer, and answers with the role of this one."""
        await self._launcher.authorise()
        stored = await self._launcher.read(self._settings.room)
        if stored.content is None:
            role = "initiator"
            await self._offer(stored.version)
        else:
            role = "recipient"
            await self._answer(stored.content)
        await self._opened.wait()
        return role

    async def _offer(self, tombstone):
        self._use(self._connection.createDataChannel("data"))
        await self._connection.setLocalDescription(await self._connection.createOffer())
        answer_id = self._draw_answer_id()
        await self._publish(self._settings.room, answer_id, None if tombstone is None else tombstone + 1)
        print("offer published", flush=True)
        while True:
            await asyncio.sleep(self._settings.poll_interval_s)
            stored = await self._launcher.read(answer_id)
            if stored.content is not None:
                return await self._accept(stored.content)

    async def _answer(self, offer):
        await self._accept(offer)
        await self._connection.setLocalDescription(await self._connection.createAnswer())
        await self._publish(offer["targetId"], self._draw_answer_id())
        print("answer published", flush=True)

    async def _publish(self, item, target_id, version=None):
        description = self._connection.localDescription
        payload = {"type": description.type, "sdp": description.sdp}
        self._record = (item, {"payload": payload, "targetId": target_id})
        await self._launcher.publish(*self._record, version)

    async def remove_record(self):
        """Removes the record that this peer stored, if it has stored one."""
        record, self._record = self._record, None
        if record is not None:
            await self._launcher.remove(*record)

    def _draw_answer_id(self):
        return f"{self._settings.room}-{random.random()}"

    async def _accept(self, stored):
        sdp, kind = stored["payload"]["sdp"], stored["payload"]["type"]
        if self._settings.ignores_limit:
            # aiortc refuses to send what is larger. 0 is no limit (RFC 8841).
            sdp = re.sub("a=max-message-size:[0-9]+", "a=max-message-size:0", sdp)
        await self._connection.setRemoteDescription(RTCSessionDescription(sdp=sdp, type=kind))

    def _use(self, channel):
        self._channel = channel
        channel.on("message", self._tell_message)
        channel.on("close", self._tell_closed)
        if channel.readyState == "open":
            self._opened.set()
        else:
            channel.on("open", self._opened.set)

    @staticmethod
    def _tell_message(message):
        if isinstance(message, str):
            tell("message", text=message)
        else:
            tell("message", base64=base64.b64encode(message).decode())

    def _tell_closed(self):
        if not self._closed.is_set():
            self._closed.set()
            tell("closed", reason=f"the channel is closed, the connection {self._connection.connectionState}")

    def send(self, message):
        self._channel.send(message["text"] if "text" in message else base64.b64decode(message["base64"]))

    async def close_channel(self):
        self._channel.close()
        await self._closed.wait()

    async def leave(self):
        """Leaves in order: what was sent has time to arrive, and the other peer to close too."""
        if self._channel is not None and not self._closed.is_set():
            try:
                await asyncio.wait_for(self.close_channel(), LEAVE_TIMEOUT_S)
            except asyncio.TimeoutError:
                pass
        await self.disconnect()

    async def disconnect(self):
        # aiortc never ends a second close if the first was cancelled.
        if self._disconnecting is None:
            self._disconnecting = asyncio.ensure_future(self._connection.close())
        await asyncio.shield(self._disconnecting)

    async def closed(self):
        await self._closed.wait()


async def obey(peer, commands):
    """Carries out each command of stdin, until one of them ends the meeting."""
    while True:
        line = await commands.get()
        if line == "close":
            return await peer.leave()
        command = json.loads(line)
        if "send" in command:
            peer.send(command["send"])
        elif command.get("close") == "channel":
            return await peer.close_channel()
        elif command.get("close") == "connection":
            return await peer.disconnect()
        else:
            raise ValueError(f"{line!r} is no command")


async def first_of(*coroutines):
    """The result of the one that ends first. The others are cancelled."""
    tasks = [asyncio.ensure_future(coroutine) for coroutine in coroutines]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return next(task for task in tasks if task in done).result()
    finally:
        for task in tasks:
            task.cancel()


def lines_of_stdin():
    """The lines of stdin, read by a thread that does not keep the program running. Their end reads as the last: to leave."""
    loop, lines = asyncio.get_running_loop(), asyncio.Queue()

    def read():
        rest = b""
        # Past the buffer of sys.stdin, whose lock the thread would hold when the program ends.
        while block := os.read(sys.stdin.fileno(), READ_BYTES):
            *complete, rest = (rest + block).split(b"\n")
            for line in complete:
                loop.call_soon_threadsafe(lines.put_nowait, line.decode().strip())
        loop.call_soon_threadsafe(lines.put_nowait, "close")

    threading.Thread(target=read, daemon=True).start()
    return lines


async def run(peer, settings, commands):
    # The only command before the two have met is to leave.
    met = await asyncio.wait_for(first_of(peer.meet(), commands.get()), settings.deadline_s)
    await peer.remove_record()
    if met not in ("initiator", "recipient"):
        return
    tell("connected", role=met)
    if settings.first_text is not None:
        peer.send({"text": settings.first_text})
    await first_of(obey(peer, commands), peer.closed())


async def main():
    settings = Settings(os.environ)
    peer = Peer(settings)
    try:
        await run(peer, settings, lines_of_stdin())
        return 0
    except asyncio.TimeoutError:
        tell("failed", reason=f"the two did not meet within {settings.deadline_s} s")
    except Exception as error:
        tell("failed", reason=f"{type(error).__name__}: {error}")
    finally:
        await peer.disconnect()
        await peer.remove_record()
    return 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
