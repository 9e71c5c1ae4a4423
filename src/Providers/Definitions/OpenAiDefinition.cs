namespace Prism.Providers.Definitions;

/// <summary>OpenAI's chat completions, as many others speak them.</summary>
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
        // OpenAI's newer models refuse the older name; others who speak its format may know only that.
        HostOfNewerCap = "api.openai.com",
        PassesUnknownParameters = true,
        HasKnownTokenizers = true,
        MediaRuleOf = OpenAiMedia.RuleOf,
    };
}
