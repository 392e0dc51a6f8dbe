"""What the playground, a page whose Python runs in the browser, asks of the compiler."""
