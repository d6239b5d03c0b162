// The pages work without this. It adds the keyboard, copying, tidy addresses, paper, looking up, and where one stands.
import { startCopying } from "./copy.js";
import { startFilters } from "./filters.js";
import { startKeys } from "./keys.js";
import { startLocating } from "./locate.js";
import { startLookup } from "./lookup.js";
import { startPaper } from "./paper.js";

startCopying(document);
startFilters(document);
startKeys(document);
startLocating(document);
startLookup(document);
startPaper(window);

// Somebody whose form was not taken is led to the reason.
document.querySelector("#problems, #meanwhile")?.focus();
