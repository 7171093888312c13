/** What a cell needs of the TypeScript compiler; `ts` is the global its services define. */
((ts) => {
  const FILE = "cell.ts";
  const OPTIONS = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleDetection: ts.ModuleDetectionKind.Force,
    // Imports stay, used or not: a later cell may use them.
    verbatimModuleSyntax: true,
    newLine: ts.NewLineKind.LineFeed,
    removeComments: true,
    sourceMap: true,
  };
  // Errors only the checker sees, although they are of syntax: 1xxx, and these few.
  const SYNTACTIC = new Set([2300, 2364, 2357, 2392, 2451, 2480, 2528, 2588, 2657, 2695]);

  const text = (diagnostic) => ts.flattenDiagnosticMessageText(diagnostic.messageText, " ");
  const problem = ({ start = 0, length = 1 }, message) => ({ start, length, message });

  /** Statements TypeScript would drop without a word when it makes an ES module. */
  const refused = (file) => {
    const messages = ts.Diagnostics;
    for (const node of file.statements) {
      let message;
      if (ts.isExportAssignment(node) && node.isExportEquals) {
        message = messages.Export_assignment_cannot_be_used_when_targeting_ECMAScript_modules_Consider_using_export_default_or_another_module_format_instead;
      } else if (
        ts.isImportEqualsDeclaration(node) && !node.isTypeOnly && ts.isExternalModuleReference(node.moduleReference)
      ) {
        message = messages.Import_assignment_cannot_be_used_when_targeting_ECMAScript_modules_Consider_using_import_Asterisk_as_ns_from_mod_import_a_from_mod_import_d_from_mod_or_another_module_format_instead;
      }
      if (message) {
        const start = node.getStart(file);
        return [problem({ start, length: node.getEnd() - start }, message.message)];
      }
    }
    return [];
  };

  /** An import or export of types alone goes as a whole, as it does without verbatimModuleSyntax. */
  const withoutTypeImports = () => (file) => {
    const typesAlone = (named) =>
      named !== undefined && named.elements?.length > 0 && named.elements.every((one) => one.isTypeOnly);
    const stays = (node) => {
      if (ts.isImportDeclaration(node)) {
        const clause = node.importClause;
        return !(clause && !clause.name && typesAlone(clause.namedBindings));
      }
      return !(ts.isExportDeclaration(node) && typesAlone(node.exportClause));
    };
    return ts.factory.updateSourceFile(file, file.statements.filter(stays));
  };

  /** Names that are types alone at the top level; values are found again in the JavaScript. */
  const typeNames = (file) => {
    const names = [];
    for (const node of file.statements) {
      if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) names.push(node.name.text);
      else if (ts.isModuleDeclaration(node) && ts.isIdentifier(node.name)) names.push(node.name.text);
      else if (ts.isImportDeclaration(node)) {
        const clause = node.importClause;
        const named = clause?.namedBindings;
        if (clause?.isTypeOnly && clause.name) names.push(clause.name.text);
        if (named?.name && clause.isTypeOnly) names.push(named.name.text);
        for (const one of named?.elements ?? []) {
          if (clause.isTypeOnly || one.isTypeOnly) names.push(one.name.text);
        }
      }
    }
    return names;
  };

  // Always as a module, where `await` may stand at the top level.
  const READING = {
    languageVersion: OPTIONS.target,
    setExternalModuleIndicator: ts.getSetExternalModuleIndicator(OPTIONS),
  };
  const parse = (source) => ts.createSourceFile(FILE, source, READING, true);

  return {
    transpile(source) {
      const file = parse(source);
      const found = refused(file);
      const output = ts.transpileModule(source, {
        compilerOptions: OPTIONS,
        fileName: FILE,
        reportDiagnostics: true,
        transformers: { before: [withoutTypeImports] },
      });
      return {
        code: output.outputText.replace(/\/\/# sourceMappingURL=.*\s*$/, ""),
        mappings: JSON.parse(output.sourceMapText).mappings,
        problems: [...output.diagnostics.map((one) => problem(one, text(one))), ...found],
        types: typeNames(file),
      };
    },

    diagnose(source) {
      const file = parse(source);
      if (file.parseDiagnostics.length) return file.parseDiagnostics.map((one) => problem(one, text(one)));
      const host = {
        getSourceFile: (name) => (name === FILE ? file : undefined),
        fileExists: (name) => name === FILE,
        directoryExists: () => true,
        getDirectories: () => [],
        readFile: () => undefined,
        writeFile() {},
        getDefaultLibFileName: () => "lib.d.ts",
        getCurrentDirectory: () => "",
        getCanonicalFileName: (name) => name,
        useCaseSensitiveFileNames: () => true,
        getNewLine: () => "\n",
      };
      const program = ts.createProgram([FILE], { ...OPTIONS, noLib: true, noResolve: true, types: [] }, host);
      return program.getSemanticDiagnostics(file)
        .filter(({ code, category }) =>
          category === ts.DiagnosticCategory.Error && ((code >= 1000 && code < 2000) || SYNTACTIC.has(code)))
        // A cell may return, and names come and go between cells.
        .filter(({ code }) => code !== 1108)
        .map((one) => problem(one, text(one)));
    },
  };
})(ts)
