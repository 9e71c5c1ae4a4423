using System.Collections.Frozen;

namespace Prism.Silo.Configuration;

/// <summary>
/// Finds variables of other programs that the operator may have meant for Prism. Prism reads only its own variables and would start without a word.
/// </summary>
internal static class ForeignVariables
{
    // Shells set it to the name of the machine.
    private const string Shell = "HOST";

    private const string KeySuffix = "_API_KEY";

    // These have other names than Prism's own without the prefix.
    private static readonly FrozenDictionary<string, string> Aliases = new Dictionary<string, string>
    {
        ["OPENAI_API_BASE"] = "LLM_OPENAI_BASE_URL",
        ["OPENAI_HOST"] = "LLM_OPENAI_BASE_URL",
        ["OPENAI_MODEL"] = "LLM_OPENAI_DEFAULT_MODEL",
        ["ANTHROPIC_AUTH_TOKEN"] = "LLM_ANTHROPIC_API_KEY",
        ["CLAUDE_API_KEY"] = "LLM_ANTHROPIC_API_KEY",
        ["ANTHROPIC_MODEL"] = "LLM_ANTHROPIC_DEFAULT_MODEL",
        ["OLLAMA_HOST"] = "LLM_OLLAMA_BASE_URL",
        ["OLLAMA_API_BASE"] = "LLM_OLLAMA_BASE_URL",
        ["OLLAMA_MODEL"] = "LLM_OLLAMA_DEFAULT_MODEL",
        ["REDIS_URI"] = "LLM_REDIS_URL",
        ["REDIS_HOST"] = "LLM_REDIS_URL",
        ["REDIS_TLS_URL"] = "LLM_REDIS_URL",
        ["REDIS_CONNECTION_STRING"] = "LLM_REDIS_URL",
        ["HTTP_PORT"] = "LLM_PORT",
        ["SERVER_PORT"] = "LLM_PORT",
        ["LISTEN_ADDR"] = "LLM_HOST",
        ["API_KEY"] = "LLM_API_KEYS",
        ["ASPNETCORE_URLS"] = "LLM_HOST and LLM_PORT",
        ["URLS"] = "LLM_HOST and LLM_PORT",
        ["LOGLEVEL"] = "LLM_LOG_LEVEL",
    }.ToFrozenDictionary();

    // Services with OpenAI's API. They have no provider until one is added.
    private static readonly FrozenSet<string> Vendors = FrozenSet.Create(
        "AZURE_OPENAI", "CEREBRAS", "COHERE", "DEEPINFRA", "DEEPSEEK", "FIREWORKS", "GEMINI", "GOOGLE", "GROQ", "MISTRAL", "MOONSHOT", "NVIDIA",
        "OPENROUTER", "PERPLEXITY", "SAMBANOVA", "TOGETHER", "XAI");

    /// <summary>A sentence for each, with the variable that Prism reads and without values.</summary>
    public static IEnumerable<string> Find(IReadOnlyDictionary<string, string> variables, SettingsTable table) =>
        from name in variables.Keys.Order(StringComparer.Ordinal)
        where variables[name].Length > 0
        let meant = FindMeant(name, variables, table)
        where meant is not null
        select $"{name} is set, but Prism does not read it: {meant}.";

    private static string? FindMeant(string name, IReadOnlyDictionary<string, string> variables, SettingsTable table)
    {
        var own = Settings.Prefix + name;
        var meant = name != Shell && table.TryFind(own, out _) ? own : Aliases.GetValueOrDefault(name);
        if (meant is not null)
        {
            return meant.Split(" and ").Any(IsSet) ? null : $"it reads {meant}";
        }

        return name.EndsWith(KeySuffix, StringComparison.Ordinal) && Vendors.Contains(name[..^KeySuffix.Length]) && !IsSet(own)
            ? $"it reads {own}, once '{name[..^KeySuffix.Length].ToLowerInvariant()}' is in {Settings.Providers.Name}"
            : null;

        bool IsSet(string variable) => variables.TryGetValue(variable, out var value) && value.Length > 0;
    }
}
