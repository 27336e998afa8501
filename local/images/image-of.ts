import type { ImageRecipe } from './image-store.ts';
import { isLogbook, type Logbook, logbookRecipe } from './logbook.ts';
import { type Application, recipe, type Variant } from './variants.ts';

/** The image that a scenario releases. */
export function imageOf(application: Application, variant: Variant | Logbook, version: string): ImageRecipe {
  return isLogbook(variant) ? logbookRecipe(application, variant, version) : recipe(application, variant, version);
}
