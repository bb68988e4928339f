"""What happens by the clock alone: the timetable of sweeps, and the signs of life of the processes."""
