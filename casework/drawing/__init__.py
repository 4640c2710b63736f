"""Pictures drawn on the server: pure functions from plain values to SVG, coloured by static/css/drawing.css alone."""
