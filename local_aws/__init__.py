"""An AWS for one machine: moto's server with what it lacks for this project."""
