using Prism.Configuration;

namespace Prism.Tests.Configuration;

public sealed class SettingsDocumentTests
{
    private const string Begin = "<!-- settings -->\n";
    private const string End = "<!-- /settings -->\n";

    [Fact]
    public void The_documentation_lists_the_settings_as_they_are()
    {
        var path = RepositoryFiles.Find("docs/configuration.md");
        var document = File.ReadAllText(path);
        var begin = document.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var end = document.IndexOf(End, StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("PRISM_WRITE_DOCS") == "1")
        {
            document = document[..begin] + SettingsDocument.Render() + document[end..];
            File.WriteAllText(path, document);
            end = document.IndexOf(End, StringComparison.Ordinal);
        }

        Assert.Equal(SettingsDocument.Render(), document[begin..end]);
    }

    [Theory]
    [InlineData("| `LLM_PORT` | `8000` | 0 to 65535 | `Prism:Port` |")]
    [InlineData("| `LLM_OPENAI_TIMEOUT` | `60` | seconds, above 0 to 3600 | `Prism:Providers:openai:Timeout` |")]
    [InlineData("| `LLM_OLLAMA_BASE_URL` | `http://ollama-bridge.prism.svc.cluster.local:4010` | URL, or several, comma-separated |")]
    [InlineData("| `LLM_ECHO_DELAY_MS` | `0` | milliseconds, 0 to 60000 | `Prism:Providers:echo:Delay` |")]
    [InlineData("| `LLM_<NAME>_TYPE` | – | `openai`, `anthropic`, `ollama` |")]
    public void A_setting_is_a_row(string row) => Assert.Contains(row, SettingsDocument.Render(), StringComparison.Ordinal);
}
