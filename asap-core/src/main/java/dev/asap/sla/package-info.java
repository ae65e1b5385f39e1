/** How well agents serve: measured figures, breaches of what was promised, the formulas for both and the store that keeps them. */
@NullMarked
package dev.asap.sla;

import org.jspecify.annotations.NullMarked;
