"""The programs that tests need: PostgreSQL, Redis or Valkey, Chromium. Found, or installed, and started once a run."""
