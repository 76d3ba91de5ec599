"""The door for machines: one file a subject, problem JSON, keys, paging."""
