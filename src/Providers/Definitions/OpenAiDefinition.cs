namespace Prism.Providers.Definitions;

/// <summary>OpenAI's chat completions, which many other servers implement.</summary>
internal static class OpenAiDefinition
{
    public static ProviderDefinition Create() => new()
    {
        Name = "openai",
        Dialect = PartNames.OpenAiChat,
        Addressing = PartNames.OpenAiChat,
        Authentication = PartNames.Bearer,
        KeyHeader = "Authorization",
        VendorUrl = "https://api.openai.com/v1",
        // OpenAI's newer models reject the older name; other servers with its format may support only that one.
        HostOfNewerCap = "api.openai.com",
        PassesUnknownParameters = true,
        HasKnownTokenizers = true,
        MediaRuleOf = OpenAiMedia.RuleOf,
    };
}
