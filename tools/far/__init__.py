"""What runs on the Pi during a deploy: brought along, with nothing but Python to build on.

`transaction` is the place to read: the steps, their order, and the way back.
"""
