"""Checking files in a process that can harm nobody, whatever the files hold."""
