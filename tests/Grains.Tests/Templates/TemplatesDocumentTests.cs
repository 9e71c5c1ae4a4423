using System.Text.RegularExpressions;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Templates;
using Prism.Grains.Templates;

namespace Prism.Tests.Templates;

/// <summary>That <c>docs/templates.md</c> says what is.</summary>
public sealed partial class TemplatesDocumentTests
{
    private static readonly string Document = ReadDocument();

    [Fact]
    public void Every_built_in_template_is_documented_with_its_variables_and_no_other()
    {
        var templates = BuiltInTemplates.Load();

        Assert.Equal(templates.Select(template => template.Name), Sections().Keys.Order(StringComparer.Ordinal));
        foreach (var template in templates)
        {
            var section = Sections()[template.Name];
            Assert.Contains(template.Description, section, StringComparison.Ordinal);
            Assert.Equal(template.Variables.Select(Row), section.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void Every_template_is_under_the_heading_of_its_role()
    {
        var personas = Document.IndexOf("### Personas", StringComparison.Ordinal);

        foreach (var template in BuiltInTemplates.Load())
        {
            var isPersona = Document.IndexOf($"#### `{template.Name}`", StringComparison.Ordinal) > personas;
            Assert.Equal(template.Role, isPersona ? ChatRoles.System : ChatRoles.User);
        }
    }

    [Fact]
    public void Every_function_is_documented_and_no_other()
    {
        var documented = FunctionRow().Matches(Document).SelectMany(row =>
            Quoted().Matches(row.Groups["names"].Value).Select(name => row.Groups["group"].Value + name.Groups[1].Value));

        Assert.Equal(TemplateFunctions.Names, documented);
    }

    [Fact]
    public void Every_limit_is_documented_with_its_default()
    {
        var options = new TemplateOptions();
        var limits = typeof(TemplateOptions).GetProperties().Select(property => (property.Name, Value: property.GetValue(options)));

        foreach (var (name, value) in limits)
        {
            var text = value is TimeSpan time ? $"{time.TotalMilliseconds} ms" : $"{value:N0}";
            Assert.Contains($"| `{name}` | {text} |", Document, StringComparison.Ordinal);
        }
    }

    private static string Row(TemplateVariable variable)
    {
        var preset = variable.Default switch { null => "required", "" => "empty", var text => $"`{text}`" };
        return $"| `{variable.Name}` | {variable.Description} | {preset} |";
    }

    private static Dictionary<string, string> Sections() => Section().Matches(Document)
        .ToDictionary(match => match.Groups["name"].Value, match => match.Groups["text"].Value);

    private static string ReadDocument()
    {
        using var reader = new StreamReader(typeof(TemplatesDocumentTests).Assembly.GetManifestResourceStream("templates.md")!);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"^#### `(?<name>\w+)`\n(?<text>.*?)(?=^###|\z)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Section();

    [GeneratedRegex(@"^\| `(?<group>\w+\.)` \| (?<names>.*) \|$", RegexOptions.Multiline)]
    private static partial Regex FunctionRow();

    [GeneratedRegex(@"`(\w+)`")]
    private static partial Regex Quoted();
}
