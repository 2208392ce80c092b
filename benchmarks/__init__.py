"""The figures of `make bench`, each measured beside the peer it is compared with, in the same run."""
