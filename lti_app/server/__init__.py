"""The web server: gunicorn's processes, in each of which waitress takes connections and whole requests.

A thread of the application is a rare thing: it holds a connection to the database, and with the interpreter's lock few
of them are of use. So no thread may wait for somebody's line. An asynchronous loop takes all connections of a process,
collects each request, on the disk where it is large, and sends each answer; a thread has a request from its last byte
until its answer is made. What the loop lets in is bounded in time and size (`limits`), so that slow people cost a file
descriptor each, and for a while.

What was weighed against this (November 2026; the first was tried with senders of a byte a second, the others were
judged by their sources and what their makers say):

- gunicorn's own threads (gthread, 27): a thread reads the request and writes the answer itself. Slow senders hold all.
- gunicorn with gevent: no thread is held, but all blocking calls of every library are patched, bodies are still read by
  the application (within its transaction), and nothing limits how many requests run at once.
- granian: a limit of time for headers, none for bodies by decision of its makers, who want a proxy for that.
- hypercorn, and uvicorn by an adapter: bodies are kept in memory, 16 MB at most or without an end.
- A buffering proxy as a requirement: then `colloquy serve` by itself, or behind a proxy that passes bodies on as they
  come (Caddy does by default), can be stopped by twelve idle people.

waitress has the loop, the buffers and a parser that is strict; what it lacks is here: processes, and limits for the
whole of a request, not only between two bytes. gunicorn has the processes: it replaces dead ones and restarts them in
good order. TLS is the reverse proxy's, and so is a limit for the connections of one address.
"""
