"""A slip printer that is not there: takes ESC/POS bytes over a pty or TCP, draws what would be printed, answers, and fails on demand."""
