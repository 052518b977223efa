"""The page: see what the camera sees, press, correct, from a browser.

`device.page.page` is what the appliance knows of it and costs nothing to import; the rest,
and tornado with it, is loaded once the appliance is ready. `openapi.json` describes what a
browser, or another program, may ask.
"""
