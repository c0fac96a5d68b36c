package io.croft.core.netns;

/**
 * What tells the files of a host apart while they exist, a namespace among them: another one may
 * have both afterwards.
 */
public record Identity(long device, long inode) {}
