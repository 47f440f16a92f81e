"""How Sphinx builds the manual: `./dev docs`."""

from depthperception.provenance import package_version

project = "DepthPerception"
author = "The DepthPerception developers"
copyright = f"{author}, Apache-2.0"
release = package_version("depthperception")

extensions = ["myst_parser"]
exclude_patterns = ["pictures"]
myst_heading_anchors = 4
highlight_language = "text"
nitpicky = True

html_theme = "furo"
html_title = "DepthPerception"
html_copy_source = False
html_show_sphinx = False
