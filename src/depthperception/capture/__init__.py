"""How the lifter was filmed: camera and scale, measured from him standing."""
