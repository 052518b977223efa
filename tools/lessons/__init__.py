"""Eight lessons, from a machine that learns one number to one that reads handwriting.

Each is a module to be read from top to bottom, and has a `teach(desk)` that tells its
numbers on the terminal and returns its picture.
"""

LESSONS = {
    "predict": "kilometres to miles: a machine that learns a single number",
    "classify": "ladybirds and caterpillars: a line learnt from examples, in small steps",
    "logic": "AND, OR and XOR: what one node can't do and three can",
    "neuron": "signals fed forward through a small network",
    "error": "errors split back over the links that they came by",
    "descent": "downhill in the fog, and the slope for one weight",
    "mnist": "the talk's network learns to read handwritten digits",
    "pi": "what it all weighs, and why it fits into a Raspberry Pi Zero",
}
"""In the order in which they are best taken; each is the module of that name."""
