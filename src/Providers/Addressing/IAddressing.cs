namespace Prism.Providers.Addressing;

/// <summary>The addresses of calls, for each base URL of a provider.</summary>
internal interface IAddressing
{
    /// <summary>The addresses at a base URL, which has no trailing slash.</summary>
    ICallAddress At(string baseUrl);
}

/// <summary>The addresses of calls at one base URL.</summary>
internal interface ICallAddress
{
    /// <summary>The host and port, for messages.</summary>
    string Authority { get; }

    /// <summary>The address of a call: some vendors have the model and the verb in it.</summary>
    Uri For(string? model, bool stream);
}
