"""The local web app: drop a video, see the ruling, scrub the proof (extra `web`).

`create_app` (app.py) builds it, `serve` (server.py) runs it. The server itself never decodes a video and never loads
a network: a judging runs in a child process of its own (worker.py), and single frames come from another (decoder.py),
so that a hostile file or a crash costs one judging and not the server.
"""
