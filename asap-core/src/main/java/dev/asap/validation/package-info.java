/** What is wrong with a value, and where: the findings that the model's constructors and the codec report. */
@NullMarked
package dev.asap.validation;

import org.jspecify.annotations.NullMarked;
