/** What container runtimes and their CNI library keep of sandboxes on this host. */
@NullMarked
package io.croft.adapter.runtime;

import org.jspecify.annotations.NullMarked;
