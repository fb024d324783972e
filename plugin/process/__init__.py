"""The engine as a program: its Python found or installed, started, listened to, ended."""
