/** Every file call, behind one small interface that can fail; JDK only. */
@NullMarked
package io.croft.adapter.file;

import org.jspecify.annotations.NullMarked;
