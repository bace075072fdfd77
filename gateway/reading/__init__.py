"""From octets to what a person sees. Rules of this room: pure, linear in the input, and it never raises."""
