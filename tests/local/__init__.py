"""Tests of the local cloud's own parts; none needs the emulator."""
