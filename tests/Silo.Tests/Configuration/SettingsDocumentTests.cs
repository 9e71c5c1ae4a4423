using Prism.Silo.Configuration;

namespace Prism.Tests.Configuration;

public sealed class SettingsDocumentTests
{
    [Fact]
    public void The_documentation_lists_the_settings_as_they_are() =>
        AssertWritten("docs/configuration.md", "<!-- settings -->\n", "<!-- /settings -->\n", SettingsDocument.Render());

    [Fact]
    public void The_example_of_an_environment_lists_the_settings_as_they_are() =>
        AssertWritten(".env.example", "# --- all settings ---\n", "# --- end ---\n", DeployedSettings.RenderEnvironment());

    [Fact]
    public void The_chart_takes_the_settings_that_there_are()
    {
        var path = RepositoryFiles.Find("helm/prism/values.schema.json");
        var schema = File.ReadAllText(path);
        if (IsWriting)
        {
            schema = DeployedSettings.RenderSchema(schema);
            File.WriteAllText(path, schema);
        }

        Assert.Equal(DeployedSettings.RenderSchema(schema), schema);
    }

    [Theory]
    [InlineData("| `LLM_PORT` | `8000` | 0 to 65535 | `Prism:Port` |")]
    [InlineData("| `LLM_OPENAI_TIMEOUT` | `60` | seconds, above 0 to 3600 | `Prism:Providers:openai:Timeout` |")]
    [InlineData("| `LLM_OLLAMA_BASE_URL` | `http://ollama-bridge.prism.svc.cluster.local:4010` | URL, or several, comma-separated |")]
    [InlineData("| `LLM_ECHO_DELAY_MS` | `0` | milliseconds, 0 to 60000 | `Prism:Providers:echo:Delay` |")]
    [InlineData("| `LLM_<NAME>_TYPE` | – | `openai`, `anthropic`, `ollama` |")]
    public void A_setting_is_a_row(string row) => Assert.Contains(row, SettingsDocument.Render(), StringComparison.Ordinal);

    private static bool IsWriting => Environment.GetEnvironmentVariable("PRISM_WRITE_DOCS") == "1";

    private static void AssertWritten(string file, string beginMark, string endMark, string expected)
    {
        var path = RepositoryFiles.Find(file);
        var document = File.ReadAllText(path);
        var begin = document.IndexOf(beginMark, StringComparison.Ordinal) + beginMark.Length;
        var end = document.IndexOf(endMark, StringComparison.Ordinal);
        if (IsWriting)
        {
            document = document[..begin] + expected + document[end..];
            File.WriteAllText(path, document);
            end = document.IndexOf(endMark, StringComparison.Ordinal);
        }

        Assert.Equal(expected, document[begin..end]);
    }
}
