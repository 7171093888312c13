/** The program a text is, as text: what two texts share exactly when they mean the same to JavaScript. */
globalThis.program = (text) => {
  // The export makes it a module, where `await` is a keyword.
  const file = ts.createSourceFile("x.js", `${text}\nexport {}`, ts.ScriptTarget.ES2022, true, ts.ScriptKind.JS);
  if (file.parseDiagnostics.length) return `not JavaScript: ${JSON.stringify(file.parseDiagnostics[0].messageText)}`;
  const show = (node) => {
    // Brackets are in the shape of the tree already; empty statements do nothing.
    if (ts.isParenthesizedExpression(node)) return show(node.expression);
    if (ts.isEmptyStatement(node) || ts.isSemicolonClassElement(node)) return "";
    if (ts.isExportDeclaration(node) && node.exportClause?.elements?.length === 0 && !node.moduleSpecifier) return "";
    const parts = [];
    ts.forEachChild(node, (child) => {
      parts.push(show(child));
    });
    let own = ts.SyntaxKind[node.kind];
    if (ts.isOptionalChain(node)) own += "?.";
    if (node.operator !== undefined) own += ts.SyntaxKind[node.operator];
    if (node.keywordToken !== undefined) own += ts.SyntaxKind[node.keywordToken];
    if (ts.isHeritageClause(node)) own += ts.SyntaxKind[node.token];
    if (ts.isVariableDeclarationList(node)) own += node.flags & ts.NodeFlags.BlockScoped;
    if (!parts.length && node.text !== undefined) own += JSON.stringify(node.text);
    return `(${[own, ...parts.filter(Boolean)].join(" ")})`;
  };
  return show(file);
};

/** Of each pair of a cell and its erased text: TypeScript's program and ours. */
globalThis.programs = (pairs) =>
  pairs.map(([source, erased]) => {
    const { code, problems } = cell.transpile(source);
    return [problems.length ? problems[0].message : program(code), program(erased)];
  });
