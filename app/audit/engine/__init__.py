"""Rule model, loader, condition language, durable-rules adapter, twin evaluator."""
