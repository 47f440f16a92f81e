"""What several tests share: makers of input whose truth is known, and the ways into the program.

Test modules import from here and never from each other (tests/test_the_tests.py).
"""
