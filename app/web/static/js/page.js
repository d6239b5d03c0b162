// The pages work without this. It adds the keyboard, copying, tidy addresses, and paper.
import { startCopying } from "./copy.js";
import { startFilters } from "./filters.js";
import { startKeys } from "./keys.js";
import { startPaper } from "./paper.js";

startCopying(document);
startFilters(document);
startKeys(document);
startPaper(window);
