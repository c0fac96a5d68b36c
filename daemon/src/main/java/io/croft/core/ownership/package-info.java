/**
 * What is done with blocks and with what the store says of pools: one verb a class, the actions of
 * the models. Blind to {@code serving}.
 */
@NullMarked
package io.croft.core.ownership;

import org.jspecify.annotations.NullMarked;
