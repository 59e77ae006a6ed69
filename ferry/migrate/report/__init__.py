"""`ferry report ENV`: what happened, for those who sign; gathered first, then judged, then drawn."""
